"""DynamoDB Streams: what a table writes into its stream, and how it is read."""
