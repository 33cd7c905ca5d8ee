"""Forms of the talent pool, one module for each kind of people who fill them in."""
