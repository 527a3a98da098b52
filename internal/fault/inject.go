package fault

// Inject is called with the text at hand at each place that holds a record, where a test has set it to break there. It is nil
// otherwise, and set before anything runs.
var Inject func(at Place, text string)
