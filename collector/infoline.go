package collector

// infoLine is what the lines of ipvs_server_info have in common where the labels
// are the same.
type infoLine struct {
	toAddress, toPort, toServer, rest piece // up to the values of these labels, and what follows the last, with the number
}

// set reports whether all of it is short enough.
func (l *infoLine) set(family string, of *infoLabels, ending string) bool {
	var room [256]byte
	return l.toAddress.set(join(room[:0], family, `{address="`)) &&
		l.toPort.set(join(room[:0], `",forward="`, of.forward, `",name="`, escaped(of.name), `",netns="`, escaped(of.netns), `",port="`)) &&
		l.toServer.set(join(room[:0], `",server="`)) &&
		l.rest.set(join(room[:0], `",service="`, of.service, `",tunnel_port="`, of.tunnelPort, `",tunnel_type="`, of.tunnelType, `"} `, ending))
}

func join(b []byte, texts ...string) []byte {
	for _, text := range texts {
		b = append(b, text...)
	}
	return b
}

// put lays down the line of a real server that has a block, and returns its
// length.
func (l *infoLine) put(b *[lineRoom]byte, of *identity) uint {
	n := l.toAddress.put(b[:])
	address := of.port - uint8(len(`:`))
	*(*[blockSize]byte)(b[n:]) = of.block
	if of.block[0] == '[' {
		inner := [blockSize - 1]byte(of.block[1:])
		*(*[blockSize - 1]byte)(b[n:]) = inner
		address -= uint8(len(`[]`))
	}
	n += uint(address)
	n += l.toPort.put(b[n:])
	*(*[portSize]byte)(b[n:]) = [portSize]byte(of.block[of.port:])
	n += uint(of.size - of.port)
	n += l.toServer.put(b[n:])
	*(*[blockSize]byte)(b[n:]) = of.block
	n += uint(of.size)
	return n + l.rest.put(b[n:])
}

// addInfos appends lines of servers as long as these have blocks, and returns how
// many.
func (t *text) addInfos(l *infoLabels, servers []identity) (n int) {
	var line infoLine
	t.end(&t.ending, 1)
	if !line.set(t.family.name, l, string(t.ending.text[:t.ending.size])) {
		return 0
	}
	t.addHeader()
	for n < len(servers) && servers[n].port > 0 {
		n += t.addInfoRun(&line, servers[n:])
	}
	return n
}

// addInfoRun is addRun for infos.
func (t *text) addInfoRun(l *infoLine, servers []identity) int {
	if t.used > textSize {
		t.flush()
	}
	used := t.used
	for i := range servers {
		if used > textSize || servers[i].port == 0 {
			t.used = used
			return i
		}
		b := (*[lineRoom]byte)(t.buffer[used:])
		used += l.put(b, &servers[i])
	}
	t.used = used
	return len(servers)
}
