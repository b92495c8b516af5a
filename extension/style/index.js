import './base.css';
import './clusters.css';
import './drift.css';
import './runs.css';
import './compare.css';
import './run-output.css';
import './mlflow.css';
