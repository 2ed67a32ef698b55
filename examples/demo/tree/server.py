"""An agent server: answers on a free port of 127.0.0.1 and runs the user's project."""

import os
import subprocess
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

app = os.path.join(os.path.dirname(os.path.abspath(__file__)), "app")
server = ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler)
project = subprocess.Popen(["npm", "run", "dev", "--silent"], cwd=app, stdin=subprocess.DEVNULL)
print("ready server", flush=True)
server.serve_forever()
