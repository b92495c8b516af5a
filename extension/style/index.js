import './base.css';
import './clusters.css';
import './drift.css';
