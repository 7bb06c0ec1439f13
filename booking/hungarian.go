package booking

// Assign gives each row a column of its own at the least cost in all. costs[i][j]
// is what row i in column j costs, nil that it cannot be; there must be a column
// for every row.
//
// It is the Hungarian method (Kuhn, 1955) by shortest augmenting paths with
// potentials, in time of rows² × columns (Jonker and Volgenant, "A Shortest
// Augmenting Path Algorithm for Dense and Sparse Linear Assignment Problems",
// Computing 38, 1987). It only adds, subtracts and compares, and so works for a
// Cost as it does for a number.
func Assign(costs [][]*Cost) []int {
	if len(costs) == 0 {
		return nil
	}
	h := hungarian{
		costs: costs, columns: len(costs[0]),
		rowPot: make([]Cost, len(costs)), colPot: make([]Cost, len(costs[0])), rowOf: make([]int, len(costs[0])),
	}
	for j := range h.rowOf {
		h.rowOf[j] = nobody
	}
	for i := range costs {
		h.place(i)
	}
	columns := make([]int, len(costs))
	for j, i := range h.rowOf {
		if i != nobody {
			columns[i] = j
		}
	}
	return columns
}

// A hungarian is an assignment under way. Every row placed so far is where it
// costs exactly its potential and its column's, and no place costs less than
// that: which is what makes the assignment the best.
type hungarian struct {
	costs          [][]*Cost
	columns        int
	rowPot, colPot []Cost
	rowOf          []int // the row in each column, or nobody
}

// place finds row i a column along the shortest path of rows that make room for
// each other.
func (h *hungarian) place(i int) {
	dist := make([]*Cost, h.columns) // from row i to each column; nil is not yet reached
	from := make([]int, h.columns)   // the column before it on the path, or nobody
	done := make([]bool, h.columns)
	var reached []int
	row, last, so := i, nobody, Cost{}
	for {
		h.reach(row, last, so, dist, from, done)
		next := nobody
		for j := range h.columns {
			if !done[j] && dist[j] != nil && (next == nobody || dist[j].Compare(*dist[next]) < 0) {
				next = j
			}
		}
		done[next] = true
		so, last = *dist[next], next
		if h.rowOf[next] == nobody {
			break
		}
		reached = append(reached, next)
		row = h.rowOf[next]
	}
	h.rowPot[i] = h.rowPot[i].plus(so)
	for _, j := range reached {
		slack := so.minus(*dist[j])
		h.rowPot[h.rowOf[j]] = h.rowPot[h.rowOf[j]].plus(slack)
		h.colPot[j] = h.colPot[j].minus(slack)
	}
	for j := last; j != nobody; j = from[j] { // each makes room for the one before
		if from[j] == nobody {
			h.rowOf[j] = i
		} else {
			h.rowOf[j] = h.rowOf[from[j]]
		}
	}
}

// reach shortens the distances to columns by way of a row that is reached at so.
func (h *hungarian) reach(row, last int, so Cost, dist []*Cost, from []int, done []bool) {
	for j := range h.columns {
		if done[j] || h.costs[row][j] == nil {
			continue
		}
		d := so.plus(h.costs[row][j].minus(h.rowPot[row]).minus(h.colPot[j]))
		if dist[j] == nil || d.Compare(*dist[j]) < 0 {
			dist[j], from[j] = &d, last
		}
	}
}
