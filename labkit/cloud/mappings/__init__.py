"""Event source mappings: what reads a queue or a stream and invokes a function with batches of it.

moto stores a mapping and, when it fires one itself, deletes messages that nobody handled. Here a
mapping has a poller of its own, as in AWS:

    create/update/delete   backend.py   the API: documents, states, errors
           |               configuration.py, checks.py   what may be asked for
           v
    poller per mapping     mappings.py  started, updated, disabled, deleted
           |
     queue_source.py, stream_source.py  gather a batch, filter it, invoke, settle the outcome
           |
     events.py, filters.py, outcomes.py, retries.py      plain functions that decide
"""
