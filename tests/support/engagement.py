"""Kinds of engagement that rooms of later releases bring, with their default weights."""

from partners.segments.engagement import declare_engagement

declare_engagement("campaign_joined", "Campaign joined", 10)
declare_engagement("course_passed", "Course passed", 15)
