"""The Web API methods by family: each turns arguments into Slack's answer or raises a refusal."""
