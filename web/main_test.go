package web

import (
	"testing"

	"github.com/wardvisit/wardvisit/booking/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }
