"""Training: courses with lessons and a quiz, certificates of people, learning paths.

Here:      Course, Lesson, Question, reading, quiz attempts, Certificate, its check page, reminders, the team matrix.
Not here:  what a certificate opens (tiers, segments and deals ask by fact), accounts.
Called by: its own pages, API and beat; deals ask what is missing for a product line.
Promises:  right answers never reach a partner's scope; a certificate counts on its days alone; who checks a code learns
           what stands on the certificate and nothing else.
"""
