"""The forms of the Incident Command System (FEMA ICS Forms Booklet, 2010), filled from the picture and the journal."""
