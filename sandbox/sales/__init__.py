"""A simulator of the Dynamics 365 Sales part of Dataverse: its Web API, its rules and the people who work in it."""
