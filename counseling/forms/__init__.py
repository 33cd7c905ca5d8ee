"""Forms of the counselling, one file per group of people who fill them in."""
