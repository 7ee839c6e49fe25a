package practice

import (
	"encoding/binary"
	"encoding/hex"
	"math/bits"

	"leaver/internal/org"
)

// seedOf all that is drawn by lot.
const seedNumber = 0x4c696e6465626f6f // "Lindeboo"

// firstID is the time in the first id, in milliseconds: 5 August 2024, 8:00.
const firstID = 1722844800000

// A kind keeps the ids and draws of different things apart.
type kind uint64

const (
	ofUser kind = iota + 1
	ofGroup
	ofMailbox
	ofDrive
	ofRole
	ofFolder
	ofMessage
	ofFile
	ofShare
	ofSubscription
	ofDeparture
	drawName
	drawSize
	drawContent
	drawDate
)

// id is the id of the nth thing of a kind: a GUID of version 7, in the order of
// the numbers, the same at every start.
func id(k kind, n int) string {
	var u [16]byte
	a := mix(uint64(k)<<56 ^ uint64(n))
	binary.BigEndian.PutUint64(u[:8], (firstID+uint64(n))<<16|0x7000|a&0xfff)
	binary.BigEndian.PutUint64(u[8:], 2<<62|mix(a)>>2)
	var text [36]byte
	hex.Encode(text[:8], u[:4])
	hex.Encode(text[9:13], u[4:6])
	hex.Encode(text[14:18], u[6:8])
	hex.Encode(text[19:23], u[8:10])
	hex.Encode(text[24:], u[10:])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}

// mix makes a number that looks random of a number.
func mix(x uint64) uint64 {
	x ^= seedNumber
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// draw gives a number below limit for the nth thing of a kind.
func draw(k kind, n, limit int) int {
	hi, _ := bits.Mul64(mix(uint64(k)<<56^uint64(n)), uint64(limit))
	return int(hi)
}

func userID(n int) org.UserID   { return org.UserID(id(ofUser, n)) }
func groupID(n int) org.GroupID { return org.GroupID(id(ofGroup, n)) }
