"""Every file that both tools are given."""

from parity.cases_json import READING
from parity.cases_rows import ROWS
from parity.cases_tables import TABLES_AND_TEXT
from parity.cases_text import TEXT
from parity.cases_writing import WRITING

CASES = [*READING, *TABLES_AND_TEXT, *ROWS, *TEXT, *WRITING]
