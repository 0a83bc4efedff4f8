SELECT state.name, state.labels, state.value
FROM geoapp.operations_state() AS state
ORDER BY state.name, state.labels
