"""A Wagtail site with the courses of the portal as an indexed model, and the search view of `wagtail start`."""
