"""What can happen in a pool: letting members in, inviting, joining, answering, asking for a talk, leaving."""
