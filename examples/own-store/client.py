"""A client of own-store in Python: reads requests from standard input and writes answers to standard output, a line of JSON each."""
import json
import os
import sys
from http.client import HTTPConnection

host, port = os.environ["QUORATE_HOST"], int(os.environ["QUORATE_PORT"])
methods = {"read": "GET", "write": "PUT", "delete": "DELETE"}


def answer(request):
    try:
        connection = HTTPConnection(host, port)
        connection.connect()
    except OSError as error:
        # Nothing was sent: it certainly has no effect.
        return {"type": "fail", "message": str(error)}
    try:
        connection.request(methods[request["op"]], f"/kv/{request['key']}", request.get("value"))
        response = connection.getresponse()
        body = response.read().decode()
    except Exception as error:
        return {"type": "info", "message": repr(error)}
    finally:
        connection.close()
    if request["op"] == "read" and response.status in (200, 404):
        return {"type": "ok", "value": body if response.status == 200 else None}
    if response.status == 204:
        return {"type": "ok"}
    # The store answers 503 only if nothing was written.
    return {"type": "fail" if response.status == 503 else "info", "message": body}


for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps({"id": request["id"], **answer(request)}), flush=True)
