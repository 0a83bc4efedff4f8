/** The pages of boundaries: sending a file, one set's map and list, and what is under way. */

import { uploading } from './upload.js';
import { sorting } from './sort.js';
import { counting } from './clean.js';
import { following } from './state.js';
import { SetMap } from './setmap.js';

uploading(document.getElementById('upload'));
sorting(document);
counting(document.getElementById('gaps_under_m2'), document.getElementById('gaps-closed'));
following(document.getElementById('run'));
if (document.getElementById('map-region')) new SetMap(document.getElementById('live').dataset.at).start();
