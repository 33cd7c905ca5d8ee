"""Every mail of the talent pool, one function each: to persons, to companies and schools, of the cycle."""
