"""Every mail that the counselling writes."""
