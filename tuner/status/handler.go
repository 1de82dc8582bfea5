package status

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"time"
)

//go:embed page.html
var pageText string

//go:embed page.css
var style []byte

//go:embed page.js
var script []byte

// The paths that the handler serves, besides the list's, which is the root.
const (
	servicePath = "/service"
	jsonPath    = "/api/v1/status"
	stylePath   = "/status.css"
	scriptPath  = "/status.js"
)

// policy has a browser load nothing but what is from here, and run nothing that
// stands in the page itself.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Options are what the pages tell besides.
type Options struct {
	Version string
	Links   []Link
}

// handler serves a board.
type handler struct {
	board   *Board
	options Options
	pages   *template.Template
	born    int64 // tells this process's versions from another's
}

// Handler serves the pages and the JSON.
func (b *Board) Handler(o Options) (http.Handler, error) {
	pages, err := template.New("page").Funcs(words).Parse(pageText)
	if err != nil {
		return nil, err
	}
	h := &handler{b, o, pages, time.Now().UnixNano()}
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", h.answer(h.listPage))
	mux.HandleFunc(servicePath, h.answer(h.detailPage))
	mux.HandleFunc(jsonPath, h.answer(h.json))
	mux.HandleFunc(stylePath, file(style, "text/css; charset=utf-8"))
	mux.HandleFunc(scriptPath, file(script, "text/javascript; charset=utf-8"))
	return mux, nil
}

// view writes what a URL asks for, as it is now.
type view func(to *bytes.Buffer, v url.Values, now time.Time) (contentType string, err error)

// answer answers with a view, unless the client has it. What cannot be shown is
// shown as that.
func (h *handler) answer(show view) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		now := time.Now()
		tag := fmt.Sprintf(`"%x-%d-%t"`, h.born, h.board.version(), h.board.head(now).Late)
		protect(w.Header())
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		var body bytes.Buffer
		contentType, err := show(&body, r.URL.Query(), now)
		w.Header().Set("Content-Type", contentType)
		if err != nil {
			w.Header().Del("ETag")
			w.WriteHeader(statusOf(err))
		}
		_, _ = w.Write(body.Bytes()) // the client may be gone
	}
}

func statusOf(err error) int {
	if errors.Is(err, errNoService) || errors.Is(err, errNoPage) {
		return http.StatusNotFound
	}
	return http.StatusBadRequest
}

// protect says what a browser may do with what it gets.
func protect(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache")
}

// file serves a part of the page.
func file(content []byte, contentType string) http.HandlerFunc {
	tag := fmt.Sprintf(`"%x"`, sha256.Sum256(content))
	return func(w http.ResponseWriter, r *http.Request) {
		protect(w.Header())
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("ETag", tag)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}
}

const htmlType = "text/html; charset=utf-8"

func (h *handler) listPage(to *bytes.Buffer, v url.Values, now time.Time) (string, error) {
	q, err := readQuery(v)
	var l List
	if err == nil {
		l, err = h.board.list(q, now)
	}
	if err != nil {
		return htmlType, h.errorPage(to, err, now)
	}
	return htmlType, h.pages.ExecuteTemplate(to, "list", listPage{h.frame(l.Head, q), l, q})
}

func (h *handler) detailPage(to *bytes.Buffer, v url.Values, now time.Time) (string, error) {
	q, err := readQuery(v)
	var d Detail
	if err == nil {
		d, err = h.board.detail(q, now)
	}
	if err != nil {
		return htmlType, h.errorPage(to, err, now)
	}
	return htmlType, h.pages.ExecuteTemplate(to, "detail", newDetailPage(h.frame(d.Head, q), d, q))
}

// errorPage shows an error and returns it.
func (h *handler) errorPage(to *bytes.Buffer, why error, now time.Time) error {
	head := h.board.head(now)
	return errors.Join(why, h.pages.ExecuteTemplate(to, "error", errorPage{h.frame(head, query{page: 1}), head, why.Error()}))
}

func (h *handler) frame(head Head, q query) frame {
	every := max(1, min(int(head.IntervalSeconds/2), 10))
	return frame{h.options.Version, h.options.Links, jsonPath + q.link(q.page, q.code), every}
}

func (h *handler) json(to *bytes.Buffer, v url.Values, now time.Time) (string, error) {
	q, err := readQuery(v)
	var shown any
	switch {
	case err != nil:
	case v.Get("service") != "":
		shown, err = h.board.detail(q, now)
	default:
		shown, err = h.board.list(q, now)
	}
	if err != nil {
		shown = struct {
			Error string `json:"error"`
		}{err.Error()}
	}
	encoder := json.NewEncoder(to)
	encoder.SetEscapeHTML(false)
	return "application/json", errors.Join(err, encoder.Encode(shown))
}
