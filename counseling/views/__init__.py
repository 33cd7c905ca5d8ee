"""Pages of the counselling: for those who seek advice, for those who hold a link, for those who advise."""
