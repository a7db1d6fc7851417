"""What Couplet needs around it, and the steps that set it up; nothing here runs in Azure."""
