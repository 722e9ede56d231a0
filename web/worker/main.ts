import { serve } from './calls.js';
import { checkpointCalls } from './checkpoint-calls.js';
import { EngineSession } from './engine-session.js';
import { insightCalls } from './insight-calls.js';

// The page's engine: everything that takes time happens here, off the page's thread.
const session = new EngineSession((lost) => serve.post({ lost }));
serve({ ...session.calls, ...insightCalls(session), ...checkpointCalls });
