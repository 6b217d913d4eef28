"""Files: private uploads and results, reachable through one authorising view.

Here:      StoredFile (what is kept, for whom), purposes, storing, opening, the download view.
Not here:  what a file means (imports, statements, payment files).
Called by: imports, jobs, payouts, statements.
Promises:  a file is found by its row only, never by its path; another tenant's or partner's file is missing;
           what leaves is what came, by its SHA-256.
"""
