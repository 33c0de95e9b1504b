// Prints what VerifyWebhook says of each request on standard input: see ../../README.md.
package main

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	receiver "example.com/receiver"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		headers := http.Header{}
		for i, name := range []string{"Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"} {
			if fields[2+i] != "-" {
				headers.Set(name, string(decode(fields[2+i])))
			}
		}
		var secrets []string
		for _, secret := range strings.Split(fields[1], ",")[1:] {
			secrets = append(secrets, string(decode(secret)))
		}
		now, tolerance := time.Unix(number(fields[5]), 0), time.Duration(number(fields[6]))*time.Second
		if err := receiver.VerifyWebhook(decode(fields[0]), headers, secrets, now, tolerance); err != nil {
			fmt.Println(err)
		} else {
			fmt.Println("ok")
		}
	}
}

func decode(field string) []byte {
	bytes, err := base64.StdEncoding.DecodeString(field)
	if err != nil {
		panic(err)
	}
	return bytes
}

func number(field string) int64 {
	value, err := strconv.ParseInt(field, 10, 64)
	if err != nil {
		panic(err)
	}
	return value
}
