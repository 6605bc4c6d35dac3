"""Who is calling, and may they: every call and every service hop is decided here.

    request -> authentication (who) -> actions (action, resource) -> decide -> ledger -> answer

`patterns`, `operators`, `conditions`, `principals`, `documents` and `decide` are the pure core:
they know nothing of requests or of moto. `remembered` decides the same question by the same
policies once.
"""
