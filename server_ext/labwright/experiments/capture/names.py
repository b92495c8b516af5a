"""Names under which a run keeps what was recorded of it: tags, and artifacts in its folder `labwright`."""

from __future__ import annotations

NOTEBOOK = "labwright.notebook"  # path of the notebook, as the Jupyter server gave it to the kernel
CELL = "labwright.cell"  # the execution count of the cell that made the run
CELL_ID = "labwright.cell_id"  # the notebook's own id of that cell, where the front end tells it
SOURCE = "mlflow.source.name"  # "flights.ipynb, cell 7"
COMMIT = "mlflow.source.git.commit"
BRANCH = "mlflow.source.git.branch"
PROCESS = "labwright.process"  # the spool of the process that made the run
REFUSED = "labwright.refused"  # says what MLflow did not take of what was logged

# Numbers, written as text in tags so that they are no metrics of the person's; the table and comparisons read them.
WALL_SECONDS = "labwright.cost.wall_seconds"
CPU_SECONDS = "labwright.cost.cpu_seconds"
GPU_SECONDS = "labwright.cost.gpu_seconds"
PEAK_MEMORY_MB = "labwright.cost.peak_memory_mb"
PEAK_GPU_MEMORY_MB = "labwright.cost.peak_gpu_memory_mb"
MONEY = "labwright.cost.money"  # an estimate, by the price that the settings give
COSTS = (WALL_SECONDS, CPU_SECONDS, GPU_SECONDS, PEAK_MEMORY_MB, PEAK_GPU_MEMORY_MB, MONEY)

FOLDER = "labwright"
NOTEBOOK_FILE = "labwright/notebook.ipynb"  # a copy without outputs
CELLS_FILE = "labwright/cells.json"  # list of ExecutedCell: what this kernel ran since its start, in order
DIFF_FILE = "labwright/diff.patch"  # uncommitted changes of tracked files
LOCK_FILE = "labwright/requirements.txt"  # the environment, exact versions, for pip install -r
CONTEXT_FILE = "labwright/context.json"  # RunContext
