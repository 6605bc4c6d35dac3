"""Wrong answers to the exercises of notebook 03."""

from __future__ import annotations

from labkit.course.mutants import Mutant

_COUNT = """\
mine = orders.yours(lab.student_id, count=20)
rewritten = %s"""

_BODY = "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"
_NAME = (
    "&MessageAttribute.1.Name=partner&MessageAttribute.1.Value.DataType=String"
    "&MessageAttribute.1.Value.StringValue="
)
_VALUE = "$util.urlEncode($input.params('X-Partner'))"

_INTEGRATION = """\
partner_template = "%s"
apigateway.put_integration(
    **partner_post, type="AWS", integrationHttpMethod="POST", uri=queue_uri,
    credentials=role["Arn"], passthroughBehavior="NEVER", requestParameters=%s,
    requestTemplates={"application/json": partner_template},
)
apigateway.put_integration_response(
    **partner_post, statusCode="200", responseTemplates={"application/json": reply}
)
"""
_DEPLOY = "apigateway.create_deployment(restApiId=api['id'], stageName=lab.names.stage)\n"

_METHOD = """\
model = "/requestModels/application~1json"
apigateway.update_method(**partner_post, patchOperations=[
    {"op": "replace", "path": model, "value": "Order"},
    {"op": "replace", "path": "/requestValidatorId", "value": %s},
])
"""
_NO_MODEL = """\
apigateway.update_method(**partner_post, patchOperations=[{"op": "remove", "path": model}])
"""
_PARAMETERS = """\
only_parameters = apigateway.create_request_validator(
    restApiId=api["id"], name="parameters", validateRequestParameters=True
)["id"]
"""
_PATTERNS = """\
for status, pattern in (("400", r"4\\d{2}"), ("502", r"5\\d{2}")):
    apigateway.put_integration_response(
        **partner_post, statusCode=status, selectionPattern=pattern
    )
"""
_SEEN = "seen = [400, 400]"
_VALIDATOR = 'validator["id"]'

MUTANTS = (
    Mutant("q3_1", "encoding is enough", _COUNT % "0", "if `$input.json` gave the body as it came"),
    Mutant(
        "q3_1",
        "every line",
        _COUNT % 'sum(len(order["lines"]) for order in mine)',
        "the number of all lines",
    ),
    Mutant(
        "q3_1",
        "three orders",
        "rewritten = sum(str(line['price'])[-1] == '0' "
        "for order in orders.yours(lab.student_id) for line in order['lines'])",
        "for fewer orders",
    ),
    Mutant(
        "q3_1",
        "orders in place of lines",
        _COUNT % 'sum(any(str(line["price"])[-1] == "0" for line in o["lines"]) for o in mine)',
        "the number of orders",
    ),
    Mutant(
        "q3_2",
        "no content type",
        _INTEGRATION % (_BODY + _NAME + _VALUE, "{}") + _DEPLOY,
        "the form travels as application/json",
    ),
    Mutant(
        "q3_2",
        "body not encoded",
        _INTEGRATION % ("Action=SendMessage&MessageBody=$input.body" + _NAME + _VALUE, "form")
        + _DEPLOY,
        "ends at its first ampersand",
    ),
    Mutant(
        "q3_2",
        "written anew",
        _INTEGRATION % (_BODY.replace("$input.body", "$input.json('$')") + _NAME + _VALUE, "form")
        + _DEPLOY,
        "12.50 has become 12.5",
    ),
    Mutant(
        "q3_2",
        "no & between the fields",
        _INTEGRATION % (_BODY + (_NAME + _VALUE).lstrip("&"), "form") + _DEPLOY,
        "has stuck to its end",
    ),
    Mutant(
        "q3_2", "no attribute", _INTEGRATION % (_BODY, "form") + _DEPLOY, "without an attribute"
    ),
    Mutant(
        "q3_2",
        "name not encoded",
        _INTEGRATION % (_BODY + _NAME + "$input.params('X-Partner')", "form") + _DEPLOY,
        "has become 'Box   Bow '",
    ),
    Mutant(
        "q3_2",
        "not deployed",
        _INTEGRATION % (_BODY + _NAME + _VALUE, "form"),
        "it is not deployed",
    ),
    Mutant(
        "q3_3",
        "one answer for all",
        _METHOD % _VALIDATOR + _DEPLOY + _SEEN,
        "yet the answer is 200",
    ),
    Mutant("q3_3", "not deployed", _METHOD % _VALIDATOR + _PATTERNS + _SEEN, "it is not deployed"),
    Mutant(
        "q3_3", "model alone", _METHOD % '""' + _PATTERNS + _DEPLOY + _SEEN, "no request validator"
    ),
    Mutant(
        "q3_3",
        "validator alone",
        _METHOD % _VALIDATOR + _NO_MODEL + _PATTERNS + _DEPLOY + _SEEN,
        "has no model",
    ),
    Mutant(
        "q3_3",
        "a validator of parameters",
        _PARAMETERS + _METHOD % "only_parameters" + _PATTERNS + _DEPLOY + _SEEN,
        "does not look at the body",
    ),
    Mutant(
        "q3_3",
        "answers that nobody gets",
        _METHOD % _VALIDATOR + _PATTERNS + _DEPLOY + "seen = [400, 200]",
        "but a partner sees [400, 400]",
    ),
)
