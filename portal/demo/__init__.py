"""The demo region "Lernregion Harz-Kyffhäuser": real towns, invented organisations, people and offers.

`texts` reads the word banks (TOML files beside this one), `days` knows weeks and holidays, `plans` makes dates,
`organizations` and `courses` make rows out of chance with a fixed seed, `loading` writes them.
"""
