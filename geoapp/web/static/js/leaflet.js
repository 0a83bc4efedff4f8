// The one copy of Leaflet, as the global `L`: the folium shell is plain script and asks for it.
import L from 'leaflet';
import 'leaflet/dist/leaflet.css';

window.L = L;
