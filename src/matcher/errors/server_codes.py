"""U05x and U06x: the server was asked for something it cannot do, or cannot start."""

from matcher.errors.code import Code, Family

_SERVER = (
    Code(
        "U050",
        "No such address",
        "The server has nothing at this address.",
        "GET /openapi.json lists what it has.",
    ),
    Code(
        "U051",
        "Method not allowed",
        "The address is right and does not take this method.",
        "The header Allow names the methods it takes.",
    ),
    Code(
        "U052",
        "Not signed in",
        "The request has no token, or one that is unknown, expired or revoked.",
        "Send 'Authorization: Bearer TOKEN'; 'matcher tokens create' makes one.",
    ),
    Code(
        "U053",
        "Role not allowed",
        "The token's role may not do this.",
        "Use a token of another role.",
    ),
    Code(
        "U054",
        "Request too large",
        "The body is larger than the server takes; the rest of it was not read.",
        "Send less at once, or have the limit raised.",
    ),
    Code(
        "U055",
        "Store cannot be used",
        "The database of sessions, jobs and tokens cannot be opened, read or written to, or belongs to a later version.",
        "Check the URL given with --store, who may write there, and whether the disk is full.",
    ),
    Code(
        "U056",
        "Content type not taken",
        "The body is of a kind that this address does not read.",
        "Send the content type that the OpenAPI document names.",
    ),
    Code(
        "U057",
        "Request that cannot be understood",
        "A parameter or a field of the request is missing, unknown, or has a value it cannot have.",
        "Compare the request with the OpenAPI document.",
    ),
    Code(
        "U058",
        "Not found",
        "Nothing of yours has this identifier: it never was, is over, or belongs to somebody else.",
        "Check the identifier.",
    ),
    Code(
        "U059",
        "Took too long",
        "The request did not arrive in time, or the server is too busy to answer in time.",
        "Try again after a pause.",
    ),
    Code(
        "U060",
        "Sent from another place",
        "The request names another host than this server, or was made by a page of another site.",
        "Use the server's own address.",
    ),
    Code(
        "U061",
        "Upload cannot be used",
        "The uploaded file or archive is damaged, holds what is not asked for, or unpacks to more than is taken.",
        "Send one CSV, TSV, JSON, JSON Lines or Parquet file, or a zip of the tables.",
    ),
    Code(
        "U062",
        "Not possible now",
        "The job or session is not in a state in which this can be done, or was changed meanwhile.",
        "Read it again and decide anew.",
    ),
    Code(
        "U063",
        "Too many at once",
        "Too many jobs or sessions are open.",
        "Wait until one is over, or delete one.",
    ),
    Code(
        "U064",
        "Defect of the program",
        "Something failed that should not. Nothing you sent is at fault.",
        "Report the request id; the server's log names the place.",
    ),
    Code(
        "U065",
        "No tokens, and others could call",
        "A server that other machines can reach needs tokens, and there are none.",
        "Make one with 'matcher tokens create --role intake', or listen on 127.0.0.1.",
    ),
    Code(
        "U066",
        "Unknown token",
        "No token in force has this identifier.",
        "'matcher tokens list' prints the identifiers.",
    ),
    Code(
        "U067",
        "Address cannot be listened on",
        "The port is taken by another program, or the address is none of this machine's.",
        "Stop the other program, or give another --port or --host.",
    ),
    Code(
        "U068",
        "Edit that cannot be made",
        "The rule's text has no such place, or is written in a way that a form cannot change without touching more.",
        "Look at the cards again, or change it in the text.",
    ),
    Code(
        "U069",
        "Not ready to be approved",
        "An approval wants two people, a rule without findings, cases that all come out, nothing left unshown, and a "
        "look at whom it touches.",
        "Each finding says what is missing, and where to do it.",
    ),
    Code(
        "U070",
        "Rule in force was changed meanwhile",
        "The file in the rulebook is another than the one this draft began with. Nothing was written over.",
        "Compare the three texts on the page of the draft, and choose.",
    ),
    Code(
        "U071",
        "Audit is not as it was written",
        "An entry of the audit was changed or taken out after it was written.",
        "Compare with a copy of the store, and with a head that was noted before.",
    ),
    Code(
        "U072",
        "Draft cannot begin like this",
        "What was given names no rule, or holds nothing that a draft could begin with.",
        "Give the name of the rule, and the text or the record it is to begin with.",
    ),
)

SERVER_FAMILIES = (
    Family(
        "The server",
        "What `matcher serve` and `matcher tokens` say, and the HTTP API beside the codes of patients.",
        _SERVER,
    ),
)
