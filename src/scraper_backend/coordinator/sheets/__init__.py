"""Tables that people bring and take away: uploads read as text, exports written row by row in flat memory.

    reading     CSV, XLSX or pasted text -> a `Table` of text
    columns     what an export can hold, under which headings
    writing     rows -> CSV, JSON Lines, XLSX, Parquet, as bytes on their way to the browser

Knows files and nothing of jobs or pages; `panel` and `api` call it.
"""
