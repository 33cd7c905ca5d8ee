"""Every mail that the internships write."""
