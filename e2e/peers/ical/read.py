"""Reads a calendar feed as a calendar program does, and says what it found."""

import json
import sys

import icalendar

job = json.load(sys.stdin)
calendar = icalendar.Calendar.from_ical(job["feed"])
events = [
    {
        "uid": str(event["uid"]),
        "sequence": int(event["sequence"]),
        "start": int(event["dtstart"].dt.timestamp() * 1000),
        "end": int(event["dtend"].dt.timestamp() * 1000),
        "zone": str(event["dtstart"].dt.tzinfo),
        "summary": str(event["summary"]),
        "location": str(event.get("location", "")),
        "description": str(event.get("description", "")),
        "status": str(event["status"]),
        "errors": [str(error) for error in event.errors],
    }
    for event in calendar.walk("VEVENT")
]
json.dump({"name": str(calendar.get("x-wr-calname", "")), "events": events}, sys.stdout)
