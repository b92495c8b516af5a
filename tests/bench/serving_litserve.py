"""The peer LitServe, with batching; run by the Python of the peers' environment: `serving_litserve.py MODEL PORT`.

It has the scikit-learn model itself, not MLflow's wrapper, and no checks: the least that a server can do.
"""

# mypy: ignore-errors

import sys
from pathlib import Path

import cloudpickle
import litserve
import numpy as np
import pandas as pd


class Api(litserve.LitAPI):
    def setup(self, device):
        self.model = cloudpickle.loads((Path(sys.argv[1]) / "model.pkl").read_bytes())
        self.columns = list(self.model.feature_names_in_)

    def decode_request(self, request):
        return request["dataframe_split"]["data"][0]

    def batch(self, inputs):
        return np.array(inputs)

    def predict(self, rows):
        return self.model.predict(pd.DataFrame(rows, columns=self.columns))

    def unbatch(self, output):
        return output.tolist()

    def encode_response(self, output):
        return {"predictions": [output]}


if __name__ == "__main__":
    api = Api(max_batch_size=16, batch_timeout=0.002)
    server = litserve.LitServer(api, accelerator="cpu", workers_per_device=1)
    server.run(
        port=int(sys.argv[2]), host="127.0.0.1", num_api_servers=1, generate_client_file=False, log_level="error"
    )
