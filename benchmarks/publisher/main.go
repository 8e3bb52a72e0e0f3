// People who publish a picture and a voice that were encoded before, over and over: next to no load on this machine.
//
//	LIVEKIT_URL=… LIVEKIT_API_KEY=… LIVEKIT_API_SECRET=… publisher -room R -count 4 -video v.ivf -audio a.ogg
//
// Without -video, people only speak. It says "here" when all of them publish, and ends with SIGTERM.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
	"github.com/pion/webrtc/v4/pkg/media/ivfreader"
	"github.com/pion/webrtc/v4/pkg/media/oggreader"
)

const (
	opusPage = 20 * time.Millisecond
	// As loud as speech, in -dBov (RFC 6464): who is silent is no speaker.
	loudness = 30
)

// loop gives samples from the first to the last, and again.
type loop struct {
	lksdk.BaseSampleProvider
	samples []media.Sample
	next    int
}

func (l *loop) NextSample(context.Context) (media.Sample, error) {
	sample := l.samples[l.next%len(l.samples)]
	l.next++
	return sample, nil
}

func (l *loop) CurrentAudioLevel() uint8 { return loudness }

// frames reads an IVF file of VP8, whose time base says how long a frame lasts.
func frames(path string) ([]media.Sample, int, int, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, 0, err
	}
	defer file.Close()
	reader, header, err := ivfreader.NewWith(file)
	if err != nil {
		return nil, 0, 0, err
	}
	lasts := time.Second * time.Duration(header.TimebaseNumerator) / time.Duration(header.TimebaseDenominator)
	var samples []media.Sample
	for {
		data, _, err := reader.ParseNextFrame()
		if errors.Is(err, io.EOF) {
			return samples, int(header.Width), int(header.Height), nil
		}
		if err != nil {
			return nil, 0, 0, err
		}
		samples = append(samples, media.Sample{Data: data, Duration: lasts})
	}
}

// pages reads an Ogg file of Opus with one packet a page; its first two pages are headers (RFC 7845).
func pages(path string) ([]media.Sample, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	reader, _, err := oggreader.NewWith(file)
	if err != nil {
		return nil, err
	}
	var samples []media.Sample
	for number := 0; ; number++ {
		data, _, err := reader.ParseNextPage()
		if errors.Is(err, io.EOF) {
			return samples, nil
		}
		if err != nil {
			return nil, err
		}
		if number > 0 {
			samples = append(samples, media.Sample{Data: data, Duration: opusPage})
		}
	}
}

func publish(
	room *lksdk.Room, mime string, rate uint32, channels uint16, media *loop, options lksdk.TrackPublicationOptions,
) error {
	capability := webrtc.RTPCodecCapability{MimeType: mime, ClockRate: rate, Channels: channels}
	track, err := lksdk.NewLocalTrack(capability)
	if err != nil {
		return err
	}
	if err := track.StartWrite(media, nil); err != nil {
		return err
	}
	_, err = room.LocalParticipant.PublishTrack(track, &options)
	return err
}

func run(name string, count int, video, audio string) error {
	voice, err := pages(audio)
	if err != nil {
		return err
	}
	var picture []media.Sample
	var width, height int
	if video != "" {
		if picture, width, height, err = frames(video); err != nil {
			return err
		}
	}
	for number := range count {
		room, err := lksdk.ConnectToRoom(os.Getenv("LIVEKIT_URL"), lksdk.ConnectInfo{
			APIKey:              os.Getenv("LIVEKIT_API_KEY"),
			APISecret:           os.Getenv("LIVEKIT_API_SECRET"),
			RoomName:            name,
			ParticipantIdentity: fmt.Sprintf("person-%d", number),
		}, lksdk.NewRoomCallback(), lksdk.WithAutoSubscribe(false))
		if err != nil {
			return err
		}
		defer room.Disconnect()
		microphone := lksdk.TrackPublicationOptions{
			Name: "microphone", Source: livekit.TrackSource_MICROPHONE, DisableDTX: true,
		}
		if err := publish(room, webrtc.MimeTypeOpus, 48000, 2, &loop{samples: voice}, microphone); err != nil {
			return err
		}
		if picture == nil {
			continue
		}
		camera := lksdk.TrackPublicationOptions{
			Name: "camera", Source: livekit.TrackSource_CAMERA, VideoWidth: width, VideoHeight: height,
		}
		if err := publish(room, webrtc.MimeTypeVP8, 90000, 0, &loop{samples: picture}, camera); err != nil {
			return err
		}
	}
	fmt.Println("here")
	stopped := make(chan os.Signal, 1)
	signal.Notify(stopped, syscall.SIGTERM, syscall.SIGINT)
	<-stopped
	return nil
}

func main() {
	room := flag.String("room", "", "name of the room")
	count := flag.Int("count", 1, "how many people")
	video := flag.String("video", "", "an IVF file of VP8; none: they only speak")
	audio := flag.String("audio", "", "an Ogg file of Opus with one packet a page")
	flag.Parse()
	if err := run(*room, *count, *video, *audio); err != nil {
		log.Fatal(err)
	}
}
