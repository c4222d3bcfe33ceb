"""Reads config.pbtxt files by Triton's own protobuf, and prints what they say as JSON."""
import json
import sys

from google.protobuf import json_format, text_format
from tritonclient.grpc import model_config_pb2

configs = [text_format.Parse(open(path).read(), model_config_pb2.ModelConfig()) for path in sys.argv[1:]]
print(json.dumps([json_format.MessageToDict(config) for config in configs]))
