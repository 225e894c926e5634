"""Calls APIs of AWS: reads [[service, operation, arguments], ...] from stdin, prints the list of replies."""

import json
import sys

import boto3

clients = {}
replies = []
for service, operation, arguments in json.load(sys.stdin):
    if service not in clients:
        clients[service] = boto3.client(service, endpoint_url=sys.argv[1], region_name="eu-central-1")
    replies.append(getattr(clients[service], operation)(**arguments))
json.dump(replies, sys.stdout, default=str)
