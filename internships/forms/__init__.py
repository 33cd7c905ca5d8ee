"""What people fill in around internships."""
