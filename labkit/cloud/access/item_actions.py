"""Which actions an operation of DynamoDB's data needs, and what it says of the items.

A batch, a transaction or a statement in PartiQL is one action for each table.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from labkit.cloud.access import items, partiql
from labkit.cloud.access.named_resources import Parameters, Scope, table_arn
from labkit.cloud.access.need import Need
from labkit.cloud.access.resources import partition_key
from labkit.cloud.readings import Operation

# What TransactWriteItems holds, by the action of each.
TRANSACTED = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}
ON_ITEMS = {"GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"}
ENCLOSING = "dynamodb:enclosingoperation"


def needs(operation: Operation, scope: Scope) -> Iterator[Need]:
    """Batches, transactions and statements: one action for each table."""
    requested = operation.parameters.get("RequestItems")
    if operation.name.startswith("Batch") and isinstance(requested, dict):
        for table, part in requested.items():
            resource = table_arn({"TableName": table}, scope)
            asked = part if isinstance(part, dict) else {"Requests": part}
            context = partial(context_of, operation, asked, resource)
            yield Need(f"dynamodb:{operation.name}", resource, context)
    transacted = operation.parameters.get("TransactItems")
    for item in transacted if isinstance(transacted, list) else []:
        for kind, what in item.items() if isinstance(item, dict) else ():
            asked = what if isinstance(what, dict) else {}
            resource = table_arn({"TableName": asked.get("TableName")}, scope)
            context = partial(_enclosed, Operation(kind, asked), resource, operation.name)
            yield Need(f"dynamodb:{TRANSACTED.get(kind, kind)}", resource, context)
    for statement in _statements(operation):
        context = partial(_of_statement, operation.name)
        target = partiql.target(statement)
        if target is None:  # no syntax that is known: allowed to whoever may do anything
            yield Need(f"dynamodb:{operation.name}", "*", context)
        else:
            named = {"TableName": target.table, "IndexName": target.index}
            resource = table_arn(named, scope)
            yield Need(f"dynamodb:{target.action}", resource, context)


def _statements(operation: Operation) -> Iterator[str]:
    """The statements in PartiQL of an operation."""
    parameters = operation.parameters
    if operation.name in ("ExecuteStatement", "ExecuteTransaction", "BatchExecuteStatement"):
        several = parameters.get("TransactStatements") or parameters.get("Statements")
        for each in several if isinstance(several, list) else [parameters]:
            yield str(each.get("Statement", "")) if isinstance(each, Mapping) else ""


def context_of(operation: Operation, parameters: Parameters, resource: str) -> items.ItemContext:
    """What an operation on a table says of its items; nothing when it makes no sense."""
    try:
        return items.context(operation.name, parameters, partition_key(resource))
    except (AttributeError, TypeError):
        return items.of_partiql()


def _enclosed(operation: Operation, resource: str, enclosing: str) -> items.ItemContext:
    """The keys of what a transaction holds."""
    return context_of(operation, operation.parameters, resource) | {ENCLOSING: enclosing}


def _of_statement(operation: str) -> items.ItemContext:
    """The keys of a statement in PartiQL, by itself or within a batch or transaction."""
    found = items.of_partiql()
    return found if operation == "ExecuteStatement" else found | {ENCLOSING: operation}
