"""R001 to R009: what can be wrong with any file written in strict YAML, rules and mappings alike."""

from matcher.errors.code import Code, Family

_TEXT_AND_YAML = (
    Code(
        "R001",
        "File cannot be read as text",
        "Files are text in UTF-8. This one holds bytes that are not (Latin-1 and UTF-16 are the usual cause), "
        "or the system refused to open it.",
        "Save the file again as UTF-8 text.",
    ),
    Code(
        "R002",
        "Not valid YAML",
        "The punctuation or the indentation does not add up, so nothing after this place can be understood. "
        "Reading stops here: further problems show once this one is gone.",
        "Compare the indentation with the lines around it, and quote text that holds ': ', ' #' or begins with "
        "punctuation.",
    ),
    Code(
        "R003",
        "Same key twice",
        "A key occurs twice in one mapping. Most YAML readers silently keep the last one, and a criterion "
        "would vanish.",
        "Keep one of the two, or give the second its own name.",
    ),
    Code(
        "R004",
        "Tag not allowed",
        "A word that begins with '!' is a YAML tag, an instruction to build something other than plain text, "
        "numbers and lists. Rule files hold nothing else.",
        "Remove the tag; quote the value if the '!' belongs to the text.",
    ),
    Code(
        "R005",
        "Anchor, alias or merge key not allowed",
        "'&name', '*name' and '<<' make one part of a file stand for another. They hide what a criterion says, "
        "can loop, and can blow a small file up to gigabytes.",
        "Write the value out where it is used; put shared agents or codes in a list under rules/lists.",
    ),
    Code(
        "R006",
        "Plain value that can be read in two ways",
        "YAML readers disagree about this unquoted value: 'no' and 'on' become truth values, '12:30' becomes 750, "
        "'010' becomes 8, '1e3' is a number to some and text to others.",
        "Quote it if it is text; otherwise write it in full: true, false, null, 1000, 0.5.",
    ),
    Code(
        "R007",
        "File too large or nested too deeply",
        "A file may have 1 MB, 40 levels and 200,000 values. One trial needs a few kilobytes, so this is a "
        "wrong or a hostile file.",
        "Split the file: one rule a file.",
    ),
    Code(
        "R008",
        "Character that cannot be seen",
        "The file holds a control character, an invisible or direction-changing character, or the mark that a "
        "damaged character leaves. What a reviewer reads is then not what the program reads.",
        "Delete the character; it usually comes from pasting out of a PDF or a web page.",
    ),
    Code(
        "R009",
        "More than one document in the file",
        "A line '---' begins a second YAML document, and only one would be used.",
        "Move the second document to a file of its own, or remove the line.",
    ),
)

YAML_FAMILIES = (
    Family(
        "Rule files and mappings: text and YAML",
        "Found before anything the file says is looked at.",
        _TEXT_AND_YAML,
    ),
)
