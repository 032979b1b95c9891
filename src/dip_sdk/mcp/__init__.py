"""DIP as a server of the Model Context Protocol: an assistant asks, DIP computes and answers.

`room` holds the data, `arguments` what a tool takes, `shown` what its caller may see of an answer,
`tools` the few tools, `server` the protocol, `stdio` and `http` its transports.
"""
