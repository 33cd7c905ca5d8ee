"""What can happen to companies, offers, wishes and applications."""
