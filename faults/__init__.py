"""What must not happen, tried by hand: `./dev faults NAME`. Each script prints the invariant, how often it was tried
and what came of it, proves first that it would notice a breach, and ends with 1 where there is one."""
