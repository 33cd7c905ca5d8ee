"""What can happen in the counselling: times, booking, moving, ending, and what goes on around a talk."""
