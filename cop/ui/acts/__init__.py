"""What a person can do at a desk, a module a subject: each asks a rule and hands its decision to the desk."""
