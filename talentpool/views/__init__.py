"""Pages of the talent pool, one module for each kind of people who meet them."""
