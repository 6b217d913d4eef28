"""Conflicts: several claims on one customer, weighed and ruled on.

Here:      Conflict and its sides, evidence, the rule and its verdict, ruling, appeal, sales beside a protection.
Not here:  claims, protections and queues (deals), direct sales (sales), money.
Called by: its own pages and API; deal pages show its panel.
Promises:  a partner sees its own side alone, whatever the others do; a ruling says its words to each side; an appeal
           is decided once, by another person.
"""
