"""U0xx: the program was asked for something it cannot do."""

from matcher.errors.code import Code, Family

_USAGE = (
    Code(
        "U001",
        "Arguments that do not go together",
        "An option is missing, unknown, given twice, or contradicts another.",
        "See the command's --help.",
    ),
    Code(
        "U002",
        "File not found",
        "No file or directory of this name is there.",
        "Check the path and the directory you are in.",
    ),
    Code(
        "U003",
        "Not a directory",
        "A directory is needed and a file was given.",
        "Give the directory that holds the files.",
    ),
    Code(
        "U004",
        "Not a file",
        "A file is needed and a directory, or something else, was given.",
        "Give one file; a folder of tables needs a table of patients in it.",
    ),
    Code(
        "U005",
        "Date that cannot be read",
        "Dates on the command line are year-month-day.",
        "Write the date as in 2026-01-15.",
    ),
    Code(
        "U006",
        "Unknown patient",
        "The file has no patient with this identifier.",
        "Check the identifier, and rejects.csv for a patient that could not be read.",
    ),
    Code(
        "U007",
        "Unknown candidate",
        "The rulebook has no trial or regimen of this name.",
        "'matcher rules list' prints the names.",
    ),
    Code(
        "U008",
        "Output cannot be written",
        "The directory cannot be made or written to, or the disk is full. Nothing was left half written.",
        "Give another directory with --out, or make room.",
    ),
    Code(
        "U009",
        "File cannot be opened",
        "The file is there and the system refuses to read it.",
        "Check who may read it, and whether another program holds it.",
    ),
    Code(
        "U010",
        "File is empty",
        "The file has no rows, or a header alone.",
        "Check that the export finished.",
    ),
    Code(
        "U011",
        "Kind of file not recognised",
        "Patients are read from CSV, Parquet, JSON, JSON Lines or a folder of tables, told by the name's ending.",
        "Rename the file to its kind, or convert it.",
    ),
    Code(
        "U012",
        "File needs a mapping",
        "None of the columns is a documented one, so nothing would be read.",
        "Describe the file in a mapping and give it with --mapping.",
    ),
    Code(
        "U013",
        "Mapping names a column that is not there",
        "The mapping refers to a column that the file does not have.",
        "Correct the column's name in the mapping.",
    ),
    Code(
        "U014",
        "Mapping fills an unknown field",
        "The mapping fills a field that profiles do not have.",
        "Use a field of the reference of profiles.",
    ),
    Code(
        "U015",
        "Mapping cannot be used",
        "The mapping is readable and asks for something that cannot be done with a column.",
        "See the reference of mapping files.",
    ),
    Code(
        "U016",
        "Engine not available",
        "No engine has this name, or it does not run on this version of Python.",
        "Use --engine auto.",
    ),
    Code(
        "U017",
        "Optional part not installed",
        "The command needs a library that is installed only on request.",
        "Install the extra named, as in pip install 'trial-matcher[spark]'.",
    ),
    Code(
        "U018",
        "No rules found",
        "The directory holds no trials and no regimens.",
        "Give the directory that has trials/ and regimens/ in it.",
    ),
    Code(
        "U019",
        "Number out of range",
        "The option takes a whole number within limits.",
        "Give a number within the limits named.",
    ),
    Code(
        "U020",
        "Encoding or delimiter not usable",
        "The encoding has no known name, or the delimiter is not a single character.",
        "Name an encoding such as utf-8 or latin-1, and one character as the delimiter.",
    ),
    Code(
        "U021",
        "Rulebook beyond an engine's limits",
        "The engine that was asked for holds only so many rules at a time, and the rulebook has more.",
        "Use --engine columnar, or auto.",
    ),
    Code(
        "U041",
        "Unfinished run",
        "The folder holds the parts of a run that was stopped before its end.",
        "Give the same command with --resume to go on with it, or delete that folder to begin anew.",
    ),
    Code(
        "U042",
        "Not the run that was begun",
        "A run can be gone on with only for the same patients, rulebook and options.",
        "Give the command it was begun with and --resume, or delete that folder to begin anew.",
    ),
    Code(
        "U043",
        "A process was ended",
        "One of the processes of a run was killed, by someone or by the system for want of memory.",
        "Give the same command with --resume; --workers 1 needs least memory.",
    ),
    Code(
        "U044",
        "Spark gave up",
        "The cluster could not be reached, or could not finish the work.",
        "Check the master's address, and that every executor has this program and sees the files under one path.",
    ),
    Code(
        "U045",
        "Another run writes here",
        "A run that is still going on keeps its parts in the folder; nothing of it may be taken away meanwhile.",
        "Wait until it is over, or give another folder with --out.",
    ),
)

USAGE_FAMILIES = (
    Family(
        "Using the program",
        "The command, its arguments, its files and mappings.",
        _USAGE,
    ),
)
